sync "contacts" {
  model   = model.customers # ERROR C116
  mapping = mapping.contact # ERROR C116
  mode    = "mirror"        # ERROR C114
}
