locals { # ERROR C104
  a = "x"
