namespace EventStore.EF.Faults;

/// <summary>
/// Appends to a stream are linearizable. Their order is given by the versions they got; it must agree with real time, with what each
/// expected, and with the version that each refusal names.
/// </summary>
internal sealed class ExpectedVersionsHold : IHistoryRule
{
    public string Name => "appends with expected versions are linearizable";

    public IEnumerable<Violation> Check(History history)
    {
        var writes = history.Operations.Values
            .SelectMany(operation => operation.Intent.Appends, (operation, append) => (Operation: operation, Append: append))
            .Where(write => history.Stored.Contains(write.Append.Ids[0]))
            .Select(write => new Write(write.Operation, write.Append, history.Stored[write.Append.Ids[0]].First().Place.Version - 1))
            .ToLookup(write => write.Append.Stream);
        foreach (var stream in writes)
        {
            foreach (var violation in CheckOrder(stream))
                yield return violation;
        }

        foreach (var operation in history.Operations.Values)
        {
            foreach (var refused in operation.Answers.OfType<Refused>().Where(refused => refused is { Stream: not null, Actual: not null }))
            {
                if (CheckRefusal(history, operation, refused, writes[refused.Stream!]) is { } violation)
                    yield return violation;
            }
        }
    }

    private IEnumerable<Violation> CheckOrder(IEnumerable<Write> writes)
    {
        // In the order of versions, nobody may have begun after a later one was answered.
        Write? earliestEnd = null;
        foreach (var write in writes.OrderByDescending(write => write.Before))
        {
            if (write.Append.Expected is { } expected && expected != write.Before)
            {
                yield return Violation.Of(
                    this, $"{write.Operation.Name} expected {write.Append.Stream} at version {expected} and was written at {write.Before}", write.Operation.Trace);
            }

            if (earliestEnd is not null && write.Operation.From > earliestEnd.Operation.Until)
            {
                yield return Violation.Of(
                    this, $"{write.Operation.Name} began after {earliestEnd.Operation.Name} was answered, and stands before it in {write.Append.Stream}",
                    write.Operation.Trace, earliestEnd.Operation.Trace);
            }

            if (earliestEnd is null || write.Operation.Until < earliestEnd.Operation.Until)
                earliestEnd = write;
        }
    }

    /// <summary>The version that a refusal names must have been the stream's at some moment between the question and the answer.</summary>
    private Violation? CheckRefusal(History history, Operation operation, Refused refused, IEnumerable<Write> writes)
    {
        if (history.Entries.OfType<WentBack>().Any())
            return null;

        var intended = operation.Trace.OfType<Intended>().Last(intent => intent.Time <= refused.Time);
        var expected = intended.Appends.First(append => append.Stream == refused.Stream).Expected;
        var before = writes.Where(write => write.Operation.Until < intended.Time).MaxBy(write => write.After);
        var after = writes.Where(write => write.Operation.From < refused.Time).MaxBy(write => write.After);
        var (least, most) = (before?.After ?? 0, after?.After ?? 0);
        if (refused.Actual == expected)
            return Violation.Of(this, $"{operation.Name} was refused although {refused.Stream} was at {expected} as expected", operation.Trace);

        return refused.Actual < least || refused.Actual > most
            ? Violation.Of(
                this, $"{operation.Name} was told that {refused.Stream} is at {refused.Actual}; it was between {least} and {most}",
                operation.Trace, before?.Operation.Trace ?? [], after?.Operation.Trace ?? [])
            : null;
    }

    private sealed record Write(Operation Operation, IntendedAppend Append, long Before)
    {
        public long After => Before + Append.Ids.Count;
    }
}
