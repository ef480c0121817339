package rest

import "github.com/signalsmith/signalsmith/providers"

// Short names for the table.
const (
	row    = providers.ClassRow
	config = providers.ClassConfig
	auth   = providers.ClassAuth
	quota  = providers.ClassQuota
	org    = providers.ClassOrg
	retry  = providers.ClassRetry
)

// inner are the texts inside a trigger's or flow's failure that say it only did too much at once, or met a lock.
var inner = []string{
	"UNABLE_TO_LOCK_ROW", "Apex CPU time limit", "Too many SOQL queries", "Too many DML", "Too many query rows",
	"Apex heap size too large",
}

// table is Salesforce's error vocabulary as far as REST calls meet it. The names are those of the ExceptionCode and
// StatusCode lists in the SOAP API Developer Guide; messages are localised, so they only split codes that mean
// several things. Rules of one code stand together, the particular ones first.
var table = []Rule{
	// The login.
	{Code: "INVALID_SESSION_ID", Class: auth, Hint: "The access token has expired or was revoked: get a new one."},
	{Code: "INVALID_AUTH_HEADER", Class: auth, Hint: "The access token is not a token of Salesforce: check where it comes from."},
	{Code: "INVALID_LOGIN", Class: auth, Hint: "User name or password is wrong, or the user is locked out."},
	{Code: "LOGIN_MUST_USE_SECURITY_TOKEN", Class: auth, Hint: "This address is not trusted: log in with a security token."},
	{Code: "PASSWORD_LOCKOUT", Class: auth, Hint: "The user is locked out after too many tries."},
	{Code: "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", Class: auth, Hint: "The user's password has expired: set a new one in Salesforce."},

	// What the org has used up.
	{Code: "REQUEST_LIMIT_EXCEEDED", Has: []string{"Concurrent"}, Class: retry, Again: Pause, Hint: "Too many long requests ran at once; this was repeated."},
	{Code: "REQUEST_LIMIT_EXCEEDED", Class: quota, Hint: "The org's API calls of the last 24 hours are used up: go on later."},
	{Code: "STORAGE_LIMIT_EXCEEDED", Class: quota, Hint: "The org's data storage is full."},
	{Code: "EXCEEDED_QUOTA", Class: quota, Hint: "An allocation of the org is used up."},
	{Code: "LICENSE_LIMIT_EXCEEDED", Class: quota, Hint: "No licence of this kind is left in the org."},
	{Code: "LIMIT_EXCEEDED", Class: quota, Hint: "A limit of the org is reached; the message says which."},
	{Code: "TOO_MANY_JOBS", Class: quota, Hint: "Too many jobs are queued in the org: go on later."},

	// What passes by itself.
	{Code: "SERVER_UNAVAILABLE", Class: retry, Again: Pause, Hint: "Salesforce was busy or under maintenance; this was repeated."},
	{Code: "UNKNOWN_EXCEPTION", Class: retry, Again: Pause, Hint: "Salesforce had an internal error; its message holds an ErrorId for their support."},
	{Code: "INTERNAL_ERROR", Class: retry, Again: Pause, Hint: "Salesforce had an internal error."},
	{Code: "REQUEST_RUNNING_TOO_LONG", Class: retry, Again: Smaller, Hint: "The request took too long: slow triggers, or too many rows at once."},
	{Code: "QUERY_TIMEOUT", Class: retry, Again: Smaller, Hint: "The query took too long: an index on the match field helps."},
	{Code: "TOO_MANY_APEX_REQUESTS", Class: retry, Again: Pause, Hint: "The org ran too much Apex at once."},
	{Code: "TXN_SECURITY_METERING_ERROR", Class: retry, Again: Pause, Hint: "A transaction security policy could not be evaluated in time."},
	{Code: "PLATFORM_EVENT_PUBLISHING_UNAVAILABLE", Class: retry, Again: Pause, Hint: "Platform events could not be published."},
	{Code: NoAnswer, Class: retry, Again: Pause, Hint: "The connection ended before the answer came: the next plan shows what was done."},
	{Code: HalfAnswer, Class: retry, Again: Pause, Hint: "The answer was cut off: the next plan shows what was done."},
	{Code: Unreachable, Class: retry, Again: Pause, Hint: "The org could not be reached: check the network and instance_url."},

	// What passes when fewer rows go at a time.
	{Code: "UNABLE_TO_LOCK_ROW", Class: retry, Again: Smaller, Hint: "Another process kept a record locked: run again when it has ended."},
	{Code: "ALL_OR_NONE_OPERATION_ROLLED_BACK", Class: retry, Again: Smaller, Hint: "Another row of the same request failed, and took this one along."},
	{Code: "PROCESSING_HALTED", Class: retry, Again: Smaller, Hint: "Another part of the same request failed before this one."},
	{Code: "BATCH_PROCESSING_HALTED", Class: retry, Again: Smaller, Hint: "Another part of the same request failed before this one."},

	// The org as a whole.
	{Code: "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", Class: org, Hint: "The org is read-only during maintenance: go on later."},
	{Code: "INVALID_READ_ONLY_USER_DML", Class: org, Hint: "The org, or this user, is in read-only mode."},
	{Code: "ORG_LOCKED", Class: org, Hint: "The org is locked: an administrator or Salesforce has to unlock it."},
	{Code: "TRIAL_EXPIRED", Class: org, Hint: "The trial org has expired."},
	{Code: "API_DISABLED_FOR_ORG", Class: org, Hint: "The REST API is off for this org or user: give the user API Enabled."},
	{Code: "API_CURRENTLY_DISABLED", Class: org, Hint: "The REST API is off for this org or user: give the user API Enabled."},
	{Code: "FUNCTIONALITY_NOT_ENABLED", Class: org, Hint: "A feature that this needs is off in the org."},
	{Code: "TXN_SECURITY_NO_ACCESS", Class: org, Hint: "A transaction security policy of the org blocks this."},
	{Code: "TXN_SECURITY_APEX_ERROR", Class: org, Hint: "A transaction security policy of the org failed."},
	{Code: "TXN_SECURITY_RUNTIME_ERROR", Class: org, Hint: "A transaction security policy of the org failed."},
	{Code: "KEY_HAS_BEEN_DESTROYED", Class: org, Hint: "The key that encrypts this data was destroyed in the org."},

	// One row's data.
	{Code: "REQUIRED_FIELD_MISSING", Class: row, Hint: "Map the named fields, or give them values."},
	{Code: "STRING_TOO_LONG", Class: row, Hint: "Shorten the value with substr(), or lengthen the field in Salesforce."},
	{Code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Class: row, Hint: "Use a value of the picklist, or add it in Salesforce."},
	{Code: "INVALID_EMAIL_ADDRESS", Class: row, Hint: "Correct the address, or leave it out where it is malformed."},
	{Code: "NUMBER_OUTSIDE_VALID_RANGE", Class: row, Hint: "The number has more digits than the field takes."},
	{Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Class: row, Hint: "A validation rule of the org refused the record; the message is the administrator's."},
	{Code: "FIELD_FILTER_VALIDATION_EXCEPTION", Class: row, Hint: "The lookup filter of a field does not admit this value."},
	{Code: "FIELD_INTEGRITY_EXCEPTION", Class: row, Hint: "The value does not fit other fields of the record."},
	{Code: "FIELD_CONVERSION_ERROR", Class: row, Hint: "The value does not have the field's type."},
	{Code: "INVALID_TYPE_ON_FIELD_IN_RECORD", Class: row, Hint: "The value does not have the field's type."},
	{Code: "TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET", Class: row, Hint: "The text has characters that Salesforce does not store."},
	{Code: "TOO_MANY_ENUM_VALUE", Class: row, Hint: "A multi-select picklist takes at most 100 values."},
	{Code: "JSON_PARSER_ERROR", Class: row, Hint: "A value could not be read as the field's type."},
	{Code: "DUPLICATE_VALUE", Class: row, Hint: "Another record has this value in a unique field."},
	{Code: "DUPLICATE_EXTERNAL_ID", Class: row, Hint: "Several records have this match value: merge them, or make the field unique."},
	{Code: "DUPLICATES_DETECTED", Class: row, Hint: "A duplicate rule of the org found a similar record."},
	{Code: "INVALID_CROSS_REFERENCE_KEY", Class: row, Hint: "A record id does not exist, is of another org, or may not be seen."},
	{Code: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", Class: row, Hint: "The user may not use the related record."},
	{Code: "MALFORMED_ID", Class: row, Hint: "A record id is of the wrong object, or is none."},
	{Code: "INVALID_ID_FIELD", Class: row, Hint: "A record id is of the wrong object, or is none."},
	{Code: "ENTITY_IS_DELETED", Class: row, Hint: "The record is in the recycle bin."},
	{Code: "ENTITY_IS_LOCKED", Class: row, Hint: "The record is locked by an approval."},
	{Code: "ENTITY_IS_ARCHIVED", Class: row, Hint: "The record is archived."},
	{Code: "CANNOT_UPDATE_CONVERTED_LEAD", Class: row, Hint: "A converted lead is read-only: the contact goes on."},
	{Code: "INACTIVE_OWNER_OR_USER", Class: row, Hint: "The owner is not an active user."},
	{Code: "TRANSFER_REQUIRES_READ", Class: row, Hint: "The new owner may not read this object."},
	{Code: "INVALID_PERSON_ACCOUNT_OPERATION", Class: row, Hint: "Person accounts are written through Account."},
	{Code: "CIRCULAR_DEPENDENCY", Class: row, Hint: "The record would be its own ancestor."},
	{Code: "DELETE_FAILED", Class: row, Hint: "Other records depend on this one."},
	{Code: "DEPENDENCY_EXISTS", Class: row, Hint: "Other records depend on this one."},
	{Code: "NOT_FOUND", Class: config, Row: row, Hint: "The object or record does not exist, or the user may not see it."},
	{Code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Has: inner, Class: retry, Again: Smaller, Hint: "Automation did too much at once; fewer rows were sent at a time."},
	{Code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Class: row, Hint: "An Apex trigger of the org refused the record; the message says which."},
	{Code: "CANNOT_EXECUTE_FLOW_TRIGGER", Has: inner, Class: retry, Again: Smaller, Hint: "Automation did too much at once; fewer rows were sent at a time."},
	{Code: "CANNOT_EXECUTE_FLOW_TRIGGER", Class: row, Hint: "A flow of the org failed on the record; the message says which."},
	{Code: "SELF_REFERENCE_FROM_TRIGGER", Has: inner, Class: retry, Again: Smaller, Hint: "Automation did too much at once; fewer rows were sent at a time."},
	{Code: "SELF_REFERENCE_FROM_TRIGGER", Class: row, Hint: "A trigger of the org updates the record that runs it."},
	{Code: "APEX_ERROR", Has: inner, Class: retry, Again: Smaller, Hint: "Automation did too much at once; fewer rows were sent at a time."},
	{Code: "APEX_ERROR", Class: row, Hint: "Apex code of the org failed on the record."},

	// The configuration. A code that single rows can have by their data is no more than a bad row there.
	{Code: "INVALID_FIELD", Has: []string{"Foreign key external ID"}, Class: row, Hint: "The parent record does not exist: write it first."},
	{Code: "INVALID_FIELD", Has: []string{"No such column"}, Class: config, Hint: "The field does not exist, or the user may not see it."},
	{Code: "INVALID_FIELD", Class: config, Row: row, Hint: "A field does not exist, or a parent is not found; the message says which."},
	{Code: "INVALID_FIELD_FOR_INSERT_UPDATE", Class: config, Hint: "The user may not write the named fields: grant Edit on them."},
	{Code: "INVALID_TYPE", Class: config, Hint: "The object does not exist, or the user may not see it."},
	{Code: "INVALID_TYPE_FOR_OPERATION", Class: config, Hint: "Salesforce does not allow this operation on the object."},
	{Code: "INVALID_EXTERNAL_ID_FIELD_NAME", Class: config, Hint: "The match field is not an external id."},
	{Code: "INVALID_ENTITY_FOR_UPSERT", Class: config, Hint: "Salesforce does not allow upsert on the object."},
	{Code: "INSUFFICIENT_ACCESS_OR_READONLY", Class: config, Row: row, Hint: "The user may not write the object, or this record: check permissions and sharing."},
	{Code: "INSUFFICIENT_ACCESS", Class: config, Row: row, Hint: "The user may not do this: check permissions and sharing."},
	{Code: "INVALID_ASSIGNMENT_RULE", Class: config, Hint: "The assignment rule does not exist for the object."},
	{Code: "UNAVAILABLE_RECORDTYPE_EXCEPTION", Class: config, Hint: "The user may not use the record type."},
	{Code: "INVALID_RECORD_TYPE", Class: config, Hint: "The record type does not exist for the object."},
	{Code: "MIXED_DML_OPERATION", Class: config, Hint: "Setup objects and other objects cannot be written together."},
	{Code: "EXCEEDED_ID_LIMIT", Class: config, Hint: "A request had more rows than Salesforce takes: this is a fault of signalsmith."},
	{Code: "EXCEEDED_MAX_SIZE_REQUEST", Class: config, Again: Smaller, Hint: "A request was larger than Salesforce takes."},
	{Code: "MALFORMED_QUERY", Class: config, Hint: "Salesforce does not take the query: this is a fault of signalsmith."},
	{Code: "QUERY_TOO_COMPLICATED", Class: config, Again: Smaller, Hint: "The query has too many conditions or formula fields."},
	{Code: "INVALID_QUERY_LOCATOR", Class: retry, Hint: "Too many queries of this user were open: run again."},
	{Code: "UNSUPPORTED_API_VERSION", Class: config, Hint: "The org does not offer this API version: set api_version."},
	{Code: "METHOD_NOT_ALLOWED", Class: config, Hint: "Salesforce does not allow this operation on the resource."},
	{Code: Redirected, Class: config, Hint: "instance_url is not the org's own address: use its My Domain URL."},
	{Code: Untrusted, Class: config, Hint: "The server's certificate is not trusted."},
}
