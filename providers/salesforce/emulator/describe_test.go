package emulator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func keys(v any) string {
	var list []string
	m, _ := v.(map[string]any)
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func find(list any, name, value string) map[string]any {
	items, _ := list.([]any)
	for _, x := range items {
		if m, _ := x.(map[string]any); m[name] == value {
			return m
		}
	}
	return nil
}

func TestDescribeHasTheKeysOfARealOne(t *testing.T) {
	c := open(t, emulator.Options{})
	global := c.want(200, "GET", "sobjects/", nil).obj(t)
	item := find(global["sobjects"], "name", "Contact")
	const itemKeys = "activateable associateEntityType associateParentEntity createable custom customSetting deepCloneable deletable deprecatedAndHidden " +
		"feedEnabled hasSubtypes isInterface isSubtype keyPrefix label labelPlural layoutable mergeable mruEnabled name queryable replicateable retrieveable " +
		"searchable triggerable undeletable updateable urls"
	if global["encoding"] != "UTF-8" || global["maxBatchSize"] != 200.0 || keys(item) != itemKeys {
		t.Errorf("%v", keys(item))
	}
	if keys(item["urls"]) != "approvalLayouts compactLayouts describe layouts listviews quickActions rowTemplate sobject" {
		t.Errorf("%v", item["urls"])
	}
	d := c.want(200, "GET", "sobjects/Contact/describe", nil).obj(t)
	for _, k := range strings.Fields(itemKeys + " actionOverrides childRelationships compactLayoutable defaultImplementation extendedBy extendsInterfaces fields implementedBy " +
		"implementsInterfaces listviewable lookupLayoutable namedLayoutInfos networkScopeFieldName recordTypeInfos searchLayoutable sobjectDescribeOption supportedScopes") {
		if _, ok := d[k]; !ok {
			t.Errorf("no %s", k)
		}
	}
	const fieldKeys = "aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive compoundFieldName controllerName " +
		"createable custom defaultValue defaultValueFormula defaultedOnCreate dependentPicklist deprecatedAndHidden digits displayLocationInDecimal encrypted " +
		"externalId extraTypeInfo filterable filteredLookupInfo formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText label " +
		"length mask maskType name nameField namePointing nillable permissionable picklistValues polymorphicForeignKey precision queryByDistance " +
		"referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete restrictedPicklist scale searchPrefilterable soapType sortable type " +
		"unique updateable writeRequiresMasterRead"
	for _, f := range d["fields"].([]any) {
		if keys(f) != fieldKeys {
			t.Fatalf("%s", keys(f))
		}
	}
	f := find(d["fields"], "name", "Customer_Id__c")
	if f["externalId"] != true || f["idLookup"] != true || f["unique"] != true || f["caseSensitive"] != false || f["byteLength"] != 120.0 || f["custom"] != true {
		t.Errorf("%v", f)
	}
	owner := find(c.want(200, "GET", "sobjects/Lead/describe", nil).obj(t)["fields"], "name", "OwnerId")
	if str(owner["referenceTo"]) != "[Group User]" || owner["polymorphicForeignKey"] != true || owner["relationshipName"] != "Owner" {
		t.Errorf("%v", owner)
	}
	tier := find(d["fields"], "name", "Tier__c")
	if v := tier["picklistValues"].([]any)[0]; keys(v) != "active defaultValue label validFor value" {
		t.Errorf("%v", v)
	}
	child := find(d["childRelationships"], "childSObject", "Case")
	if child["restrictedDelete"] != true || child["relationshipName"] != "Cases" || child["field"] != "ContactId" {
		t.Errorf("%v", child)
	}
	master := d["recordTypeInfos"].([]any)[0].(map[string]any)
	if keys(master) != "active available defaultRecordTypeMapping developerName master name recordTypeId urls" || master["recordTypeId"] != "012000000000000AAA" {
		t.Errorf("%v", master)
	}
	basic := c.want(200, "GET", "sobjects/Contact", nil).obj(t)
	if keys(basic) != "objectDescribe recentItems" || keys(basic["objectDescribe"]) != itemKeys {
		t.Errorf("%v", basic)
	}
	for _, u := range []string{str(d["urls"].(map[string]any)["describe"]), str(d["urls"].(map[string]any)["sobject"])} {
		c.want(200, "GET", u, nil)
	}
}

func TestKeysMayBeNumbers(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","objects":{"Account":{"fields":[
		{"name":"Number__c","type":"double","precision":10,"scale":2,"externalId":true,"unique":true}]}}}`)})
	c.want(201, "PATCH", "sobjects/Account/Number__c/5.50", map[string]any{"Name": "A"})
	c.want(200, "PATCH", "sobjects/Account/Number__c/5.5", map[string]any{"Name": "B"})
	res := c.want(200, "PATCH", "composite/sobjects/Account/Number__c", `{"records":[{"attributes":{"type":"Account"},"Number__c":5.500,"Name":"C"},{"attributes":{"type":"Account"},"Number__c":"6","Name":"D"}]}`).list(t)
	if res[0]["created"] != false || res[1]["created"] != true {
		t.Errorf("%v", res)
	}
	if got := c.query("SELECT Name FROM Account WHERE Number__c IN (5.50, 6.0) ORDER BY Name"); len(got) != 2 || got[0]["Name"] != "C" {
		t.Errorf("%v", got)
	}
}

func TestUniqueValuesHoldWithinOneCollection(t *testing.T) {
	c := open(t, emulator.Options{})
	res := c.want(200, "POST", "composite/sobjects", rows("Contact", false,
		map[string]any{"LastName": "A", "Customer_Id__c": "x"}, map[string]any{"LastName": "B", "Customer_Id__c": "X"})).list(t)
	id := str(res[0]["id"])
	if code(t, res[1]) != "DUPLICATE_VALUE" || !strings.HasSuffix(message(res[1]), "record with id: "+id[:15]) {
		t.Errorf("%v", res)
	}
	c.want(204, "PATCH", "sobjects/Contact/"+id, map[string]any{"Customer_Id__c": "X"}) // its own value, in another case
	c.want(204, "PATCH", "sobjects/Contact/"+id, map[string]any{"Customer_Id__c": nil})
	c.create("Contact", map[string]any{"LastName": "B", "Customer_Id__c": "x"})
}

// TestEveryObjectIsCreatedFromItsRequiredFields creates a record of each object out of what Describe says is required.
func TestEveryObjectIsCreatedFromItsRequiredFields(t *testing.T) {
	c := open(t, emulator.Options{})
	parents := map[string]string{"Profile": str(c.query("SELECT Id FROM Profile")[0]["Id"])}
	for _, object := range []string{"Account", "Contact", "Lead", "Opportunity", "Case", "Campaign", "CampaignMemberStatus", "CampaignMember", "User", "Group", "Ticket__c"} {
		rec := map[string]any{}
		var required []string
		for _, x := range c.want(200, "GET", "sobjects/"+object+"/describe", nil).obj(t)["fields"].([]any) {
			f := x.(map[string]any)
			if f["createable"] != true || f["nillable"] != false || f["defaultedOnCreate"] != false {
				continue
			}
			name := str(f["name"])
			required = append(required, name)
			switch f["type"] {
			case "reference":
				rec[name] = parents[str(f["referenceTo"].([]any)[0])]
			case "date":
				rec[name] = "2026-05-04"
			case "email":
				rec[name] = "a@example.com"
			case "picklist":
				rec[name] = "Any"
				if v := f["picklistValues"].([]any); len(v) > 0 {
					rec[name] = v[0].(map[string]any)["value"]
				}
			default:
				rec[name] = "x"
			}
		}
		if object == "CampaignMember" {
			rec["ContactId"] = parents["Contact"]
		}
		parents[object] = c.create(object, rec)
		for _, name := range required {
			short := map[string]any{}
			for k, v := range rec {
				if k != name {
					short[k] = v
				}
			}
			if a := c.want(400, "POST", "sobjects/"+object, short); code(t, a.list(t)[0]) != "REQUIRED_FIELD_MISSING" || str(a.list(t)[0]["fields"]) != "["+name+"]" {
				t.Errorf("%s without %s: %s", object, name, a.body)
			}
		}
	}
	member := c.query("SELECT Id, Campaign.Name, Contact.LastName, Status FROM CampaignMember WHERE Campaign.Name = 'X'")
	if len(member) != 1 || member[0]["Status"] != "Sent" {
		t.Errorf("%v", member)
	}
	c.want(204, "DELETE", "sobjects/Contact/"+parents["Contact"], nil)
	if n := len(c.query("SELECT Id FROM CampaignMember")); n != 0 {
		t.Errorf("a deleted person leaves %d memberships", n)
	}
	for _, object := range []string{"Organization", "Profile", "RecordType"} {
		c.want(400, "POST", "sobjects/"+object, `{}`)
	}
}
