model "m" {
  sql = <<-SQL # ERROR C104
    select 1
}
