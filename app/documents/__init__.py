"""Paper: lists, registers and forms as .xlsx, .docx and pages to print."""
