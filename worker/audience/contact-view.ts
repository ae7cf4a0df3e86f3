/** A person as the API shows them. */
import type { Contact } from "#db/repos/contacts";

export function contactJson(contact: Contact) {
  return {
    id: contact.id,
    email: contact.email,
    phone: contact.phone,
    first_name: contact.firstName,
    last_name: contact.lastName,
    locale: contact.locale,
    time_zone: contact.timeZone,
    country: contact.country,
    fields: { ...contact.fields },
    tags: [...contact.tags],
    email_consent: contact.emailConsent,
    sms_consent: contact.smsConsent,
    suppressed: contact.suppressed,
    source: contact.source,
    created_at: contact.createdAt.toISOString(),
    updated_at: contact.updatedAt.toISOString(),
  };
}
