# Environment variables that are not set, or not for configurations.
locals {
  home   = env("HOME")                   # ERROR C123
  unset  = env("SF_NO_SUCH_THING")       # ERROR C123
  secret = env(env("SF_ACCESS_TOKEN"))   # ERROR C123
  none   = try(env("SF_NO_SUCH_THING"), null)
}
