namespace EventStore.EF.Faults;

/// <summary>Where an event is.</summary>
internal readonly record struct EventPlace(long Position, string Stream, long Version)
{
    public override string ToString() => $"{Position} ({Stream}@{Version})";
}
