namespace EventStore.EF.Faults;

/// <summary>The laboratory itself failed, not what it examines.</summary>
internal sealed class LaboratoryException(string message, Exception? inner = null) : Exception(message, inner);
