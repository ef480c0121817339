package query

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
)

// AppendColumns appends the answer to a query with columns=true: what its result's columns are (seen in the requests of the
// Salesforce CLI; the resource is not documented).
func (p *Plan) AppendColumns(b []byte) []byte {
	b = append(b, `{"columnMetadata":[`...)
	if p.grouped {
		for i, c := range p.columns {
			if i > 0 {
				b = append(b, ',')
			}
			display := c.path.field.Name
			if c.fn != "" {
				display = strings.ToLower(c.fn) + "(" + c.path.field.Name + ")"
			}
			b = appendColumn(b, c.name, display, c.path.field, c.fn != "", nil)
		}
	} else {
		b = appendNodes(b, p.nodes)
	}
	idSelected := false
	for _, n := range p.nodes {
		idSelected = idSelected || n.name == "Id"
	}
	b = append(b, `],"entityName":`...)
	b = schema.Quote(b, p.Object.Name)
	b = append(b, `,"groupBy":`...)
	b = strconv.AppendBool(b, len(p.groups) > 0)
	b = append(b, `,"idSelected":`...)
	b = strconv.AppendBool(b, idSelected)
	b = append(b, `,"keyPrefix":`...)
	return append(schema.Quote(b, p.Object.KeyPrefix), '}')
}

func appendNodes(b []byte, nodes []*node) []byte {
	for i, n := range nodes {
		if i > 0 {
			b = append(b, ',')
		}
		if n.ref != nil {
			b = appendColumn(b, n.name, n.name, n.ref, false, n.children)
			continue
		}
		b = appendColumn(b, n.name, n.name, n.path.field, false, nil)
	}
	return b
}

func appendColumn(b []byte, name, display string, f *schema.Field, aggregate bool, join []*node) []byte {
	b = append(b, `{"aggregate":`...)
	b = strconv.AppendBool(b, aggregate)
	b = append(b, `,"apexType":`...)
	b = schema.Quote(b, apexType(f))
	b = append(b, `,"booleanType":`...)
	b = strconv.AppendBool(b, f.Type == "boolean")
	b = append(b, `,"columnName":`...)
	b = schema.Quote(b, name)
	b = append(b, `,"custom":`...)
	b = strconv.AppendBool(b, f.Custom)
	b = append(b, `,"displayName":`...)
	b = schema.Quote(b, display)
	b = append(b, `,"foreignKeyName":`...)
	if join != nil {
		b = schema.Quote(b, f.Name)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"insertable":`...)
	b = strconv.AppendBool(b, f.Createable)
	b = append(b, `,"joinColumns":[`...)
	b = appendNodes(b, join)
	b = append(b, `],"numberType":`...)
	b = strconv.AppendBool(b, f.Number())
	b = append(b, `,"textType":`...)
	b = strconv.AppendBool(b, f.Text())
	b = append(b, `,"updatable":`...)
	return append(strconv.AppendBool(b, f.Updateable), '}')
}

func apexType(f *schema.Field) string {
	switch f.Type {
	case "id", "reference":
		return "Id"
	case "boolean":
		return "Boolean"
	case "int":
		return "Integer"
	case "long":
		return "Long"
	case "double", "currency", "percent":
		return "Double"
	case "date":
		return "Date"
	case "datetime":
		return "Datetime"
	case "address":
		return "Address"
	}
	return "String"
}
