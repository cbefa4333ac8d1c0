using System.Diagnostics.Metrics;

namespace EventStore.EF.Tests.Telemetry;

/// <summary>What is measured of appends to a database that is away.</summary>
public sealed class OperationMeterTests
{
    [Fact]
    public async Task A_retry_is_counted_and_an_append_without_an_answer_has_an_unknown_outcome()
    {
        await using var store = new FakeStore(() => throw new IOException("cut off"));
        using var measured = new Counts(store);
        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(store.AppendAsync);

        Assert.True(exception.OutcomeUnknown);
        Assert.Equal((2, 1, 1, 0), (
            measured["eventstore.append.retries"], measured["eventstore.append.unknown_outcome"],
            measured["messaging.client.sent.messages"], measured["eventstore.append.conflicts"]));
    }

    [Fact]
    public async Task An_append_that_succeeds_at_once_has_no_retries()
    {
        await using var store = new FakeStore(() => Task.FromResult<AppendResult[]?>([new(1, 1, 1)]));
        using var measured = new Counts(store);
        await store.AppendAsync();

        Assert.Equal((0, 0, 1), (
            measured["eventstore.append.retries"], measured["eventstore.append.unknown_outcome"],
            measured["messaging.client.sent.messages"]));
    }

    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, long> _counts = [];

        public Counts(FakeStore store)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (store.Meter.Owns(instrument))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, count, _, _)
                => _counts[instrument.Name] = _counts.GetValueOrDefault(instrument.Name) + count);
            _listener.Start();
        }

        public long this[string counter] => _counts.GetValueOrDefault(counter);

        public void Dispose() => _listener.Dispose();
    }
}
