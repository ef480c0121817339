package schema

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// MasterRecordType is the id of the record type that every object has and no record can be given (Describe).
const MasterRecordType = "012000000000000AAA"

// Quote appends s as a JSON string. Bytes that are not UTF-8 are replaced.
func Quote(b []byte, s string) []byte {
	q, err := jsontext.AppendQuote(b, s)
	if err != nil {
		q, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\uFFFD"))
	}
	return q
}

// AppendGlobal appends the object's item of describeGlobal. base is "/services/data/vXX.X".
func (o *Object) AppendGlobal(b []byte, base string) []byte {
	b = append(b, '{')
	b = o.appendFlags(b, true)
	b = append(b, `,"urls":{`...)
	return append(o.appendURLs(b, base, false), "}}"...)
}

// AppendDescribe appends the describe of the object.
func (o *Object) AppendDescribe(b []byte, base string) []byte {
	b = append(b, `{"actionOverrides":[],`...)
	b = append(b, `"childRelationships":[`...)
	for i, c := range o.Children {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"cascadeDelete":`...)
		b = strconv.AppendBool(b, c.Cascade)
		b = append(b, `,"childSObject":`...)
		b = Quote(b, c.Object)
		b = append(b, `,"deprecatedAndHidden":false,"field":`...)
		b = Quote(b, c.Field)
		b = append(b, `,"junctionIdListNames":[],"junctionReferenceTo":[],"relationshipName":`...)
		b = null(b, c.RelationshipName)
		b = append(b, `,"restrictedDelete":`...)
		b = strconv.AppendBool(b, c.Restricted)
		b = append(b, '}')
	}
	b = append(b, `],`...)
	b = o.appendFlags(b, false)
	b = append(b, `,"defaultImplementation":null,"extendedBy":null,"extendsInterfaces":null,"fields":[`...)
	for i, f := range o.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = f.append(b)
	}
	b = append(b, `],"implementedBy":null,"implementsInterfaces":null,"namedLayoutInfos":[],"networkScopeFieldName":null,"recordTypeInfos":[`...)
	defaulted := false
	for _, rt := range o.RecordTypes {
		b = o.appendRecordType(b, base, rt, false)
		b = append(b, ',')
		defaulted = defaulted || rt.Default
	}
	b = o.appendRecordType(b, base, RecordType{
		Active: true, Available: true, Default: !defaulted, DeveloperName: "Master", Name: "Master", ID: MasterRecordType,
	}, true)
	b = append(b, `],"sobjectDescribeOption":"FULL","supportedScopes":[{"label":`...)
	b = Quote(b, "All "+strings.ToLower(o.LabelPlural))
	b = append(b, `,"name":"everything"},{"label":`...)
	b = Quote(b, "My "+strings.ToLower(o.LabelPlural))
	b = append(b, `,"name":"mine"}],"urls":{`...)
	return append(o.appendURLs(b, base, true), "}}"...)
}

func (o *Object) appendFlags(b []byte, global bool) []byte {
	b = append(b, `"associateEntityType":null,"associateParentEntity":null`...)
	for _, p := range o.properties() {
		switch p.name {
		case "compactLayoutable", "listviewable", "lookupLayoutable", "searchLayoutable":
			if global {
				continue
			}
		}
		b = p.append(append(b, ','))
	}
	return b
}

func (o *Object) appendURLs(b []byte, base string, full bool) []byte {
	root := base + "/sobjects/" + o.Name
	add := func(name, path string) {
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(Quote(b, name), ':')
		b = Quote(b, root+path)
	}
	add("compactLayouts", "/describe/compactLayouts")
	add("rowTemplate", "/{ID}")
	add("approvalLayouts", "/describe/approvalLayouts")
	if full {
		add("uiDetailTemplate", "/{ID}")
		add("uiEditTemplate", "/{ID}/e")
		add("uiNewRecord", "/e")
	}
	add("listviews", "/listviews")
	add("describe", "/describe")
	add("quickActions", "/quickActions")
	add("layouts", "/describe/layouts")
	add("sobject", "")
	return b
}

func (o *Object) appendRecordType(b []byte, base string, rt RecordType, master bool) []byte {
	b = append(b, `{"active":`...)
	b = strconv.AppendBool(b, rt.Active)
	b = append(b, `,"available":`...)
	b = strconv.AppendBool(b, rt.Available)
	b = append(b, `,"defaultRecordTypeMapping":`...)
	b = strconv.AppendBool(b, rt.Default)
	b = append(b, `,"developerName":`...)
	b = Quote(b, rt.DeveloperName)
	b = append(b, `,"master":`...)
	b = strconv.AppendBool(b, master)
	b = append(b, `,"name":`...)
	b = Quote(b, rt.Name)
	b = append(b, `,"recordTypeId":`...)
	b = Quote(b, rt.ID)
	b = append(b, `,"urls":{"layout":`...)
	b = Quote(b, base+"/sobjects/"+o.Name+"/describe/layouts/"+rt.ID)
	return append(b, "}}"...)
}

// AppendLayouts writes the answer to describe/layouts. The org has no layouts; it tells the values of picklists by record
// type, as Salesforce does there.
func (o *Object) AppendLayouts(b []byte, base string) []byte {
	b = append(b, `{"layouts":null,"recordTypeMappings":[`...)
	defaulted := false
	for _, rt := range o.RecordTypes {
		b = append(o.appendMapping(b, base, rt, false), ',')
		defaulted = defaulted || rt.Default
	}
	b = o.appendMapping(b, base, RecordType{
		Active: true, Available: true, Default: !defaulted, DeveloperName: "Master", Name: "Master", ID: MasterRecordType,
	}, true)
	return append(b, `],"recordTypeSelectorRequired":[false]}`...)
}

func (o *Object) appendMapping(b []byte, base string, rt RecordType, master bool) []byte {
	b = o.appendRecordType(b, base, rt, master)
	b = append(b[:len(b)-1], `,"layoutId":null,"picklistsForRecordType":[`...)
	for _, f := range o.Fields {
		if len(f.PicklistValues) == 0 {
			continue
		}
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = append(b, `{"picklistName":`...)
		b = append(Quote(b, f.Name), `,"picklistValues":[`...)
		for _, v := range f.PicklistValues {
			if !v.Active || !rt.Offers(f, v.Value) {
				continue
			}
			if b[len(b)-1] != '[' {
				b = append(b, ',')
			}
			b = v.append(b)
		}
		b = append(b, `]}`...)
	}
	return append(b, "]}"...)
}

// append writes one property as a member of an object.
func (p property) append(b []byte) []byte {
	b = append(Quote(b, p.name), ':')
	switch {
	case p.flag != nil && p.null && !*p.flag:
		return append(b, "null"...)
	case p.flag != nil:
		return strconv.AppendBool(b, *p.flag)
	case p.number != nil:
		return strconv.AppendInt(b, int64(*p.number), 10)
	case p.null:
		return null(b, *p.text)
	}
	return Quote(b, *p.text)
}

func null(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return Quote(b, s)
}

func (f *Field) append(b []byte) []byte {
	b = append(b, '{')
	for i, p := range f.properties() {
		if i > 0 {
			b = append(b, ',')
		}
		if !p.special {
			b = p.append(b)
			continue
		}
		b = append(Quote(b, p.name), ':')
		switch p.name {
		case "defaultValue":
			if f.DefaultValue == "" {
				b = append(b, "null"...)
			} else {
				b = append(b, f.DefaultValue...)
			}
		case "picklistValues":
			b = f.appendPicklist(b)
		case "referenceTo":
			b = append(b, '[')
			for j, to := range f.ReferenceTo {
				if j > 0 {
					b = append(b, ',')
				}
				b = Quote(b, to)
			}
			b = append(b, ']')
		case "relationshipOrder":
			if f.RelationshipOrder == 0 && !f.CascadeDelete {
				b = append(b, "null"...)
			} else {
				b = strconv.AppendInt(b, int64(f.RelationshipOrder), 10)
			}
		default:
			b = append(b, "null"...)
		}
	}
	return append(b, '}')
}

func (f *Field) appendPicklist(b []byte) []byte {
	b = append(b, '[')
	for i, v := range f.PicklistValues {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.append(b)
	}
	return append(b, ']')
}

func (v *PicklistValue) append(b []byte) []byte {
	b = append(b, `{"active":`...)
	b = strconv.AppendBool(b, v.Active)
	b = append(b, `,"defaultValue":`...)
	b = strconv.AppendBool(b, v.DefaultValue)
	b = append(b, `,"label":`...)
	b = Quote(b, v.Label)
	b = append(b, `,"validFor":`...)
	b = null(b, v.ValidFor)
	b = append(b, `,"value":`...)
	b = Quote(b, v.Value)
	return append(b, '}')
}
