namespace EventStore.EF.Subscriptions.Processing;

/// <summary>This process cannot handle any event of the subscription because it lacks something: a service or a table.</summary>
internal sealed class ProcessFaultException(string message, Exception inner) : Exception(message, inner);
