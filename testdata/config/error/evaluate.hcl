# Expressions that fail when they are evaluated.
variable "computed" {
  default = upper("dev") # ERROR C120
}

variable "chained" {
  default = var.computed # ERROR C120
}

locals {
  number = tonumber("seven")     # ERROR C120
  sum    = 1 + "x"               # ERROR C120
  index  = ["a"][3]              # ERROR C120
  attr   = { a = 1 }.b           # ERROR C120
  null   = "a${null}"            # ERROR C120
  args   = upper("a", "b")       # ERROR C120
  few    = replace("a", "b")     # ERROR C120
  wide   = format("%99999d", 1)  # ERROR C120
  json   = jsondecode("{")       # ERROR C120
  cond   = "yes" ? 1 : 2         # ERROR C120
  secret = tonumber(env("SF_ACCESS_TOKEN")) # ERROR C120
  follow = local.sum + 1
}
