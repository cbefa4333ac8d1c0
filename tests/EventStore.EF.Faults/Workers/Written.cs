namespace EventStore.EF.Faults;

/// <summary>What the writers write.</summary>
[Event("fault-written")]
internal sealed record Written(string Operation, int Number);
