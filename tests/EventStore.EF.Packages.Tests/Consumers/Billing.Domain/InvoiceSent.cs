using EventStore.EF;

namespace Billing.Domain;

[Event("invoice-sent")]
public sealed record InvoiceSent(int Number, decimal Amount);
