locals {
  a = ["x" "y"] # ERROR C104
}
