locals {
  a = "x" b = "y" # ERROR C104
}
