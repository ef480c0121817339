locals {
  a = "x"
}
} # ERROR C104
