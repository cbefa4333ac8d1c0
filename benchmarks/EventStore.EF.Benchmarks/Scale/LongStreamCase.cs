using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Reads a very long stream, and looks at the memory early and at the end: it must not grow on the way.</summary>
internal sealed record LongStreamCase(string Name, long Events, ReadDirection Direction) : BenchmarkCase(Name)
{
    private const string Stream = "long";

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("long");
        if (await site.AskAsync<bool>($"SELECT NOT EXISTS (SELECT FROM {PostgreSqlSite.StoreSchema}.events)"))
            await new PostgreSqlFiller(site, laboratory.Progress).FillStreamAsync(Stream, Events);

        laboratory.Progress.Show(Name);
        var connectionString = site.Connect(poolSize: 10);
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        var (count, heap, workingSet) = (0L, 0d, 0d);
        Memory.ForgetPeak();
        var clock = Stopwatch.StartNew();
        await foreach (var @event in host.Store.ReadStreamAsync(Stream, new() { Direction = Direction }))
        {
            var version = Direction is ReadDirection.Forward ? count + 1 : Events - count;
            if (@event.StreamVersion != version)
                throw new InvalidOperationException($"Read version {@event.StreamVersion} instead of {version}.");

            if (++count != Events / 10)
                continue;

            clock.Stop();
            (heap, workingSet) = (Memory.Heap(), Memory.WorkingSet());
            clock.Start();
        }

        var seconds = clock.Elapsed.TotalSeconds;
        if (count != Events)
            throw new InvalidOperationException($"Read {count} events instead of {Events}.");

        return new(
            this, "events/s", new("rate", count / seconds),
            [
                new("heap at 10 %, MB", heap), new("heap at the end, MB", Memory.Heap()),
                new("working set at 10 %, MB", workingSet), new("working set at the end, MB", Memory.WorkingSet()), new("peak, MB", Memory.Peak()),
            ]);
    }
}
