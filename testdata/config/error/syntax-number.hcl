locals {
  a = 1e99999 # ERROR C104
}
