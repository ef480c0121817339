# The parser itself finds an argument that is set twice.
locals {
  campaign = "VIP"
  campaign = "Churn" # ERROR C108
}
