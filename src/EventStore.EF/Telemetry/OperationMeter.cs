using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EventStore.EF.Telemetry;

/// <summary>Measures the calls that this process makes to the store: appends, links, reads and loaded states.</summary>
internal sealed class OperationMeter
{
    public const string Append = "append";

    public const string Link = "link";

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _sent;
    private readonly Histogram<int> _groupSize;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _unknown;
    private readonly Histogram<int> _folded;

    public OperationMeter(StoreMeter store)
    {
        var meter = store.Meter;
        _duration = meter.CreateHistogram(
            "messaging.client.operation.duration", "s", "How long a call took, with its retries. A read is one page.", null,
            Buckets.Seconds);
        _sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Events of appends, also of those that failed.");
        _groupSize = meter.CreateHistogram(
            "eventstore.append.group.size", "{append}", "Appends that were sent to the database together.", null, Buckets.Counts);
        _conflicts = meter.CreateCounter<long>(
            "eventstore.append.conflicts", "{append}", "Appends that were refused because another writer was faster.");
        _retries = meter.CreateCounter<long>(
            "eventstore.append.retries", "{attempt}", "Attempts to append after one that could not reach the database.");
        _unknown = meter.CreateCounter<long>(
            "eventstore.append.unknown_outcome", "{append}", "Appends that failed without an answer: they may have been written.");
        _folded = meter.CreateHistogram(
            "eventstore.state.events_folded", "{event}", "Events that were read and folded to load a state.", null, Buckets.Counts);
    }

    /// <summary>Whether anyone listens to what <see cref="Appended"/> records.</summary>
    public bool MeasuresAppends => _duration.Enabled || _sent.Enabled || _conflicts.Enabled || _unknown.Enabled;

    /// <summary>Whether anyone listens to what <see cref="Grouped"/> records.</summary>
    public bool MeasuresGroups => _groupSize.Enabled;

    /// <summary>The timestamp at which an operation begins; 0 if its duration is of no interest.</summary>
    public long Begin() => _duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Records an append or a link.</summary>
    /// <param name="operation">Which of both.</param>
    /// <param name="events">The number of new events.</param>
    /// <param name="begunAt">See <see cref="Begin"/>.</param>
    /// <param name="failure">The exception, if it failed.</param>
    public void Appended(string operation, int events, long begunAt, Exception? failure)
    {
        var outcome = Outcome.OfCall(failure);
        Ended(operation, begunAt, outcome, failure);
        if (events > 0)
            _sent.Add(events, TagsOf(operation, failure));

        if (outcome is Outcome.Conflict)
            _conflicts.Add(1);
        else if (outcome is Outcome.Unknown)
            _unknown.Add(1);
    }

    /// <summary>Records how many appends are sent to the database together.</summary>
    public void Grouped(int appends) => _groupSize.Record(appends);

    /// <summary>Records that an append is repeated because the database could not be reached.</summary>
    public void Retried() => _retries.Add(1);

    /// <summary>Records the reading of a page.</summary>
    /// <param name="reading">The reading, already begun.</param>
    /// <param name="begunAt">See <see cref="Begin"/>.</param>
    public ValueTask<TPage> MeasureReadAsync<TPage>(ValueTask<TPage> reading, long begunAt)
        => begunAt == 0 ? reading : ReadAsync(reading, begunAt);

    /// <summary>Records how many events were folded into a state.</summary>
    public void Folded(string state, int events) => _folded.Record(events, new KeyValuePair<string, object?>(TagNames.State, state));

    private async ValueTask<TPage> ReadAsync<TPage>(ValueTask<TPage> reading, long begunAt)
    {
        Exception? failure = null;
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            Ended("read", begunAt, Outcome.OfCall(failure), failure);
        }
    }

    private void Ended(string operation, long begunAt, string outcome, Exception? failure)
    {
        if (begunAt == 0)
            return;

        var tags = TagsOf(operation, failure);
        tags.Add(TagNames.Outcome, outcome);
        _duration.Record(Stopwatch.GetElapsedTime(begunAt).TotalSeconds, tags);
    }

    private static TagList TagsOf(string operation, Exception? failure)
    {
        var tags = new TagList
        {
            { TagNames.MessagingSystem, Tracing.MessagingSystem },
            { TagNames.Operation, operation },
        };
        if (failure is not null)
            tags.Add(TagNames.ErrorType, Tracing.ErrorTypeOf(failure));

        return tags;
    }
}
