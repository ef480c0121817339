package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// clash reports a setting that contradicts another, and shows the others.
func (d *decoder) clash(at hcl.Range, label, detail string, others ...hcl.Range) {
	p := diag.Diagnostic{Code: "C154", Subject: &at, Label: label, Detail: detail}
	for _, o := range others {
		p.Related = append(p.Related, diag.Related{Range: o, Label: "because of this"})
	}
	d.report(p)
}

// unread tells whether an argument is given and its value is not known: it is wrong, and reported, or built on something
// wrong. What contradicts it cannot be said then.
func unread(b *hclsyntax.Block, body *schema.Body, name string) bool {
	_, given := b.Body.Attributes[name]
	_, read := body.Args[name]
	return given && !read
}
