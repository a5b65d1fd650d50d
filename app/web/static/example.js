/** A first post for who has none at hand. Every name, number and event in it is invented. */

export const EXAMPLE = {
  title: "关于做好2026年城乡居民医疗保险参保缴费工作的公告",
  facts: { unit_name: "云山县医疗保障局", unit_kind: "", category: "公示公告", channel: "website" },
  html: `<p>各乡镇人民政府，县直各单位：</p>
<p>为做好2026年城乡居民医疗保险参保缴费工作，现将有关事项公告如下。</p>
<h3>一、缴费时间</h3>
<p>集中缴费期截至<b>2026年2月30日</b>。逾期未缴的，视为自动放弃。因外出务工不能到场的，可委托亲属<b>按装</b>手机应用后代缴。各乡镇要再接再励，做好动员。</p>
<h3>二、缴费标准</h3>
<table><tbody>
<tr><th>参保对象</th><th>个人缴费（元）</th><th>财政补助（元）</th></tr>
<tr><td>普通居民</td><td>400</td><td>670</td></tr>
<tr><td>特困供养人员</td><td>0</td><td>1070</td></tr>
</tbody></table>
<h3>三、咨询方式</h3>
<p>咨询请联系周某某，身份证号11010519491231002X，手机13800138000；也可登录<a href="https://www.example.com/yibao">医保服务网</a>查询。</p>
<p>本通知为内部资料，秘密★1年，请勿外传。</p>
<p>云山县医疗保障局</p>
<p>2026年1月8日</p>`,
};
