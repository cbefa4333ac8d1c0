namespace EventStore.EF.Faults;

/// <summary>The event that only the new build of the application handles.</summary>
[Event("fault-extended")]
internal sealed record Extended(string Operation, int Number);
