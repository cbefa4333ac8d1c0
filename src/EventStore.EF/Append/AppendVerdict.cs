namespace EventStore.EF;

/// <summary>What a refused append means, decided from what the store found afterwards.</summary>
internal static class AppendVerdict
{
    /// <summary>
    /// The first call's result when the same events stand already; <see langword="null"/> when the append may be tried again;
    /// otherwise the outcome, thrown. Ids come first, then deletion, then the version: a repeated append is recognised whatever it
    /// expects, even when the stream is deleted by now.
    /// </summary>
    public static AppendResult? Decide(AppendPlan plan, StreamInspection found)
    {
        if (found.Standing.Count > 0)
            return FirstResult(plan, found.Standing) ?? throw Duplicate(plan, found.Standing);

        if (found.IsDeleted)
            throw new StreamDeletedException(plan.Stream);

        if (found.Version is not { } version)
        {
            if (plan.Expected.CreatesStream)
                return null;

            throw plan.Expected.Version is null
                ? new StreamNotFoundException(plan.Stream)
                : new WrongExpectedVersionException(plan.Stream, plan.Expected, 0);
        }

        return plan.Expected.Accepts(version) ? null : throw new WrongExpectedVersionException(plan.Stream, plan.Expected, version);
    }

    private static AppendResult? FirstResult(AppendPlan plan, IReadOnlyList<StandingEvent> standing)
    {
        if (standing.Count != plan.Events.Count)
            return null;

        var byId = standing.ToDictionary(@event => @event.Id);
        var first = byId[plan.Events[0].Id];
        for (var index = 0; index < plan.Events.Count; index++)
        {
            var @event = byId[plan.Events[index].Id];
            if (@event.Stream != plan.Stream.Value || @event.Version != first.Version + index)
                return null;
        }

        var last = byId[plan.Events[^1].Id];
        return new(last.Version, first.Position, last.Position);
    }

    private static DuplicateEventException Duplicate(AppendPlan plan, IReadOnlyList<StandingEvent> standing)
    {
        var ids = standing.ToDictionary(@event => @event.Id);
        var first = ids[plan.Events.First(@event => ids.ContainsKey(@event.Id)).Id];
        return new(first.Id, $"stands in the store already, as event {first.Version} of stream '{first.Stream}'");
    }
}
