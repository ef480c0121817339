package view

// Palette colours words. Colour repeats what the words say and never stands alone.
type Palette struct{ on bool }

// NewPalette colours where on is true.
func NewPalette(on bool) Palette { return Palette{on: on} }

func (p Palette) paint(sgr, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (p Palette) red(s string) string    { return p.paint("31", s) }
func (p Palette) green(s string) string  { return p.paint("32", s) }
func (p Palette) yellow(s string) string { return p.paint("33", s) }
func (p Palette) blue(s string) string   { return p.paint("34", s) }
func (p Palette) bold(s string) string   { return p.paint("1", s) }
func (p Palette) alarm(s string) string  { return p.paint("1;31", s) }
func (p Palette) faint(s string) string  { return p.paint("2", s) }

// symbol colours the sign in front of a line by what it means.
func (p Palette) symbol(sign string) string {
	switch sign {
	case "+":
		return p.green(sign)
	case "~":
		return p.yellow(sign)
	case "-", "!":
		return p.red(sign)
	}
	return p.faint(sign)
}
