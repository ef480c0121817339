# Names that no variable and no local has.
variable "env" {
  default = "dev"
}

locals {
  campaign = "VIP ${var.evn}"       # ERROR C118
  upper    = upper(local.campagin)  # ERROR C118
  bare     = production             # ERROR C118
  all      = var                    # ERROR C118
  singular = locals.campaign        # ERROR C118
  path     = path.module            # ERROR C118
  loop     = [for x in ["a"] : "${x} ${y}"] # ERROR C118
  follows  = "${local.campaign} and ${local.upper}"
}

source "duckdb" "files" {
  path = "${var.region}.db" # ERROR C118
}
