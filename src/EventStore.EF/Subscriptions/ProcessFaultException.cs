namespace EventStore.EF;

/// <summary>This process can't handle any event of the subscription, for want of something that isn't the event's: a service, or a table.</summary>
internal sealed class ProcessFaultException(string message, Exception inner) : Exception(message, inner);
