# Every type of variable; without type it is that of the default.
variable "text" {
  type        = string
  default     = 12
  description = "A number becomes text by itself."
}

variable "number" {
  type    = number
  default = "12.5"
}

variable "flag" {
  type    = bool
  default = false
}

variable "list" {
  default = ["a", "b"]
}

variable "map" {
  default = { a = "1" }
}

variable "nothing" {
  type      = string
  default   = null
  sensitive = true
}

locals {
  list  = [for i, x in var.list : "${i}${x}"]
  map   = { for k, v in var.map : k => upper(v) }
  value = coalesce(nonsensitive(var.nothing), var.text)
  sum   = var.number + (var.flag ? 1 : 0) * length(var.list)
  rest  = var.list.*
}
