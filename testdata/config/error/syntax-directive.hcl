locals {
  pattern = "like '%{x}'" # ERROR C104
}
