namespace EventStore.EF.Schema;

/// <summary>
/// A row of the table <c>event_tags</c>, which finds events by their tags. It is part of the first release's schema so that tags need no
/// rewrite of stored events later; nothing uses it yet.
/// </summary>
internal sealed class EventTag
{
    public long TagHash { get; init; }

    public long Position { get; init; }
}
