# Locals that need themselves.
locals {
  a = "${local.b}!" # ERROR C119
  b = upper(local.c)
  c = local.a
  d = [local.d] # ERROR C119
  e = "uses ${local.a}"
  f = "fine"
}
