locals {
  city = 'Cologne' # ERROR C104
}
