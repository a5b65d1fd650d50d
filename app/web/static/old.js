/* For browsers that know no modules: they run this one file and say so. No syntax newer than 2009 in here. */
(function () {
  var notice = document.getElementById("starting");
  if (notice) {
    notice.innerHTML = "";
    notice.appendChild(document.createTextNode("\u6D4F\u89C8\u5668\u7248\u672C\u8FC7\u4F4E\uFF0C\u672C\u9875\u4E0D\u80FD\u8FD0\u884C\uFF0C\u5C1A\u672A\u8FDB\u884C\u4EFB\u4F55\u5BA1\u67E5\u3002\u8BF7\u6362\u7528 Chrome 109\u3001Edge 109\u3001Firefox 115 \u6216\u66F4\u65B0\u7684\u7248\u672C\uFF1B360\u3001QQ \u7B49\u6D4F\u89C8\u5668\u8BF7\u5207\u6362\u5230\u201C\u6781\u901F\u6A21\u5F0F\u201D\u3002"));
  }
})();
