using EventStore.EF.Storage;

namespace EventStore.EF.Append;

/// <summary>Decides the outcome of a refused write from what the store contains afterwards.</summary>
internal static class AppendOutcome
{
    /// <summary>
    /// Returns the results of the first call if the same write is already stored, or <see langword="null"/> if the write may be tried
    /// again; otherwise throws the outcome. Ids are checked first, then deletion, then the version: a repeated append is recognized
    /// whatever version it expects, even if the stream has been deleted since.
    /// </summary>
    public static AppendResult[]? Decide(IReadOnlyList<StreamPlan> plans, WriteInspection found)
    {
        if (found.Streams.Any(stream => stream.Standing.Count > 0))
            return FirstResults(plans, found.Streams) ?? throw Duplicate(plans, found.Streams);

        for (var index = 0; index < plans.Count; index++)
            ThrowIfRefused(plans[index], found.Streams[index], found.IsSnapshot);

        return found.IsSnapshot ? throw new TransactionConflictException(plans[0].Stream) : null;
    }

    private static void ThrowIfRefused(StreamPlan plan, StreamInspection found, bool isSnapshot)
    {
        if (found.Unknown is { } unknown)
            throw new EventNotFoundException(unknown, plan.Stream);

        if (found.IsDeleted)
            throw new StreamDeletedException(plan.Stream);

        // Whatever is expected, the next number is taken: repeating the write would fail for ever.
        if (found.Version < found.LastNumber)
            throw InconsistentStoreException.VersionBehind(plan.Stream, found.Version.Value, found.LastNumber);

        if (found.Version is null && plan.Expected == ExpectedVersion.StreamExists)
            throw new StreamNotFoundException(plan.Stream);

        if (plan.Expected.Accepts(found.Version ?? 0))
            return;

        throw isSnapshot
            ? new TransactionConflictException(plan.Stream)
            : new WrongExpectedVersionException(plan.Stream, plan.Expected, found.Version ?? 0);
    }

    private static AppendResult[]? FirstResults(IReadOnlyList<StreamPlan> plans, IReadOnlyList<StreamInspection> found)
    {
        var results = new AppendResult[plans.Count];
        for (var index = 0; index < results.Length; index++)
        {
            if (FirstResult(plans[index], found[index]) is not { } result)
                return null;

            results[index] = result;
        }

        return results;
    }

    private static AppendResult? FirstResult(StreamPlan plan, StreamInspection found)
    {
        var ids = plan.Ids;
        if (ids.Count == 0)
            return new(found.Version ?? 0, 0, 0);

        if (found.Standing.Count != ids.Count)
            return null;

        var byId = found.Standing.ToDictionary(@event => @event.Id);
        var first = byId[ids[0]];
        for (var index = 0; index < ids.Count; index++)
        {
            var @event = byId[ids[index]];
            if (@event.Stream != plan.Stream.Value || @event.Version != first.Version + index || @event.IsLink != plan is LinkPlan)
                return null;
        }

        var last = byId[ids[^1]];
        return new(last.Version, first.Position, last.Position);
    }

    private static DuplicateEventException Duplicate(IReadOnlyList<StreamPlan> plans, IReadOnlyList<StreamInspection> found)
    {
        var standing = found.SelectMany(stream => stream.Standing).ToLookup(@event => @event.Id);
        var first = plans.SelectMany(plan => plan.Ids).SelectMany(id => standing[id]).First();
        return new(first.Id, $"is already stored as event {first.Version} of stream '{first.Stream}'");
    }
}
