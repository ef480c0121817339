package schema

// property ties one Describe property to the Go value that holds it. Exactly one of the pointers is set; special properties
// have none and are read and written by name.
type property struct {
	name    string
	flag    *bool
	number  *int
	text    *string
	null    bool // "" or false is written as null
	special bool
}

// properties lists the 57 properties of a field, in the order in which Describe gives them.
func (f *Field) properties() []property {
	b := func(name string, p *bool) property { return property{name: name, flag: p} }
	n := func(name string, p *int) property { return property{name: name, number: p} }
	t := func(name string, p *string) property { return property{name: name, text: p} }
	z := func(name string, p *string) property { return property{name: name, text: p, null: true} }
	x := func(name string) property { return property{name: name, special: true} }
	return []property{
		b("aggregatable", &f.Aggregatable), b("aiPredictionField", &f.AIPredictionField), b("autoNumber", &f.AutoNumber),
		n("byteLength", &f.ByteLength), b("calculated", &f.Calculated), z("calculatedFormula", &f.CalculatedFormula),
		b("cascadeDelete", &f.CascadeDelete), b("caseSensitive", &f.CaseSensitive),
		z("compoundFieldName", &f.CompoundFieldName), z("controllerName", &f.ControllerName),
		b("createable", &f.Createable), b("custom", &f.Custom), x("defaultValue"),
		z("defaultValueFormula", &f.DefaultValueFormula), b("defaultedOnCreate", &f.DefaultedOnCreate),
		b("dependentPicklist", &f.DependentPicklist), b("deprecatedAndHidden", &f.DeprecatedAndHidden),
		n("digits", &f.Digits), b("displayLocationInDecimal", &f.DisplayLocationInDecimal), b("encrypted", &f.Encrypted),
		b("externalId", &f.ExternalID), z("extraTypeInfo", &f.ExtraTypeInfo), b("filterable", &f.Filterable),
		x("filteredLookupInfo"), b("formulaTreatNullNumberAsZero", &f.FormulaTreatNullNumberAsZero),
		b("groupable", &f.Groupable), b("highScaleNumber", &f.HighScaleNumber), b("htmlFormatted", &f.HTMLFormatted),
		b("idLookup", &f.IDLookup), z("inlineHelpText", &f.InlineHelpText), t("label", &f.Label), n("length", &f.Length),
		z("mask", &f.Mask), z("maskType", &f.MaskType), t("name", &f.Name), b("nameField", &f.NameField),
		b("namePointing", &f.NamePointing), b("nillable", &f.Nillable), b("permissionable", &f.Permissionable),
		x("picklistValues"), b("polymorphicForeignKey", &f.PolymorphicForeignKey), n("precision", &f.Precision),
		b("queryByDistance", &f.QueryByDistance), z("referenceTargetField", &f.ReferenceTargetField), x("referenceTo"),
		z("relationshipName", &f.RelationshipName), x("relationshipOrder"), b("restrictedDelete", &f.RestrictedDelete),
		b("restrictedPicklist", &f.RestrictedPicklist), n("scale", &f.Scale),
		b("searchPrefilterable", &f.SearchPrefilterable), t("soapType", &f.SoapType), b("sortable", &f.Sortable),
		t("type", &f.Type), b("unique", &f.Unique), b("updateable", &f.Updateable),
		b("writeRequiresMasterRead", &f.WriteRequiresMasterRead),
	}
}

// properties lists the properties of an object: global says which of them describeGlobal gives too.
func (o *Object) properties() []property {
	b := func(name string, p *bool) property { return property{name: name, flag: p} }
	return []property{
		b("activateable", &o.Activateable), b("compactLayoutable", &o.CompactLayoutable), b("createable", &o.Createable),
		b("custom", &o.Custom), b("customSetting", &o.CustomSetting), b("deepCloneable", &o.DeepCloneable),
		b("deletable", &o.Deletable), b("deprecatedAndHidden", &o.DeprecatedAndHidden), b("feedEnabled", &o.FeedEnabled),
		b("hasSubtypes", &o.HasSubtypes), b("isInterface", &o.IsInterface), b("isSubtype", &o.IsSubtype),
		{name: "keyPrefix", text: &o.KeyPrefix, null: true}, {name: "label", text: &o.Label},
		{name: "labelPlural", text: &o.LabelPlural}, b("layoutable", &o.Layoutable), {name: "listviewable", flag: &o.ListViewable, null: true},
		{name: "lookupLayoutable", flag: &o.LookupLayoutable, null: true}, b("mergeable", &o.Mergeable), b("mruEnabled", &o.MruEnabled),
		{name: "name", text: &o.Name}, b("queryable", &o.Queryable), b("replicateable", &o.Replicateable),
		b("retrieveable", &o.Retrieveable), b("searchLayoutable", &o.SearchLayoutable), b("searchable", &o.Searchable),
		b("triggerable", &o.Triggerable), b("undeletable", &o.Undeletable), b("updateable", &o.Updateable),
	}
}

// objectConstants are the properties of an object that have the same value for every object this org can hold. A schema file
// may state them, since a described object does; they are not read.
var objectConstants = []string{
	"actionOverrides", "associateEntityType", "associateParentEntity", "defaultImplementation", "extendedBy",
	"extendsInterfaces", "implementedBy", "implementsInterfaces", "namedLayoutInfos", "networkScopeFieldName",
	"sobjectDescribeOption", "supportedScopes", "urls",
}
