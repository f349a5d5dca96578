<%@ page contentType="text/plain; charset=utf-8" import="java.util.Base64" %><%
request.setCharacterEncoding("UTF-8");
for (String name : request.getHeader("X-Names").split(" ")) {
  String[] values = request.getParameterValues(name);
  StringBuilder line = new StringBuilder();
  if (values != null) for (String value : values)
    line.append(line.length() == 0 ? "" : ",").append(Base64.getEncoder().encodeToString(value.getBytes("UTF-8")));
  out.print(line + (values != null && line.length() == 0 ? "," : "") + "\n");
}
%>
