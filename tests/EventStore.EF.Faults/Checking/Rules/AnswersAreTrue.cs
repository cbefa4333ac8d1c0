namespace EventStore.EF.Faults;

/// <summary>
/// What was acknowledged is stored, once, where the answer says; what was refused is not; nothing is stored by half, and a row written in
/// the same transaction shares the events' fate. Whatever was unknown for a while falls under the same.
/// </summary>
internal sealed class AnswersAreTrue : IHistoryRule
{
    public string Name => "answers are true";

    public IEnumerable<Violation> Check(History history)
    {
        var accompanied = history.Entries.OfType<Accompanied>().Select(row => row.Operation).ToHashSet();
        foreach (var operation in history.Operations.Values)
        {
            var ids = operation.Ids.ToArray();
            var stored = ids.Where(history.Stored.Contains).ToArray();
            var found = stored.SelectMany(id => history.Stored[id]);
            if (stored.Length != 0 && stored.Length != ids.Length)
                yield return Violation.Of(this, $"{operation.Name} is stored by half: {stored.Length} of {ids.Length} events", operation.Trace, found);
            else if (found.Count() > stored.Length)
                yield return Violation.Of(this, $"{operation.Name} is stored twice", operation.Trace, found);
            else if (operation.Refused is not null && stored.Length > 0)
                yield return Violation.Of(this, $"{operation.Name} was refused and is stored", operation.Trace, found);
            else if (operation.Acknowledged is { } acknowledged)
            {
                if (stored.Length == 0 && !ids.All(history.LostIds.Contains))
                    yield return Violation.Of(this, $"{operation.Name} was acknowledged and is lost", operation.Trace);
                else if (stored.Length > 0 && Misplaced(history, operation, acknowledged) is { } misplaced)
                    yield return Violation.Of(this, $"{operation.Name} is not where its answer says: {misplaced.Place}", operation.Trace, [misplaced]);
            }

            if (operation.Intent.Kind == OperationKinds.Accompanied && accompanied.Contains(operation.Name) != (stored.Length > 0))
                yield return Violation.Of(this, $"{operation.Name}: the row of its transaction is {(stored.Length > 0 ? "missing" : "there")}, its events are {(stored.Length > 0 ? "there" : "missing")}", operation.Trace, found);
        }
    }

    private static Stored? Misplaced(History history, Operation operation, Acknowledged acknowledged)
    {
        foreach (var (append, result) in operation.Intent.Appends.Zip(acknowledged.Results))
        {
            for (var index = 0; index < append.Ids.Count; index++)
            {
                var stored = history.Stored[append.Ids[index]].First();
                var place = stored.Place;
                if (place.Stream != append.Stream || place.Version != result.StreamVersion - append.Ids.Count + 1 + index
                    || (index == 0 && place.Position != result.FirstPosition) || (index == append.Ids.Count - 1 && place.Position != result.LastPosition))
                {
                    return stored;
                }
            }
        }

        return null;
    }
}
