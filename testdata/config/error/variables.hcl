# Variables without value, and values that do not fit.
variable "env" { # ERROR C126
  type = string
}

variable "limit" {
  type    = number
  default = "many" # ERROR C128
}

variable "list" {
  type    = list(string)
  default = ["a", null] # ERROR C128
}

variable "map" {
  type    = map(string)
  default = ["a"] # ERROR C128
}

locals {
  uses = "${var.env} ${var.limit}"
}
