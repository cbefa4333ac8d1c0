using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>Options and connection strings: taken, or refused at registration with an argument exception that names them.</summary>
internal sealed class OptionTarget : FuzzTarget
{
    private static readonly Gen<TimeSpan> Time = Gen.OneOf(Gen.TimeSpan, Gen.OneOf(TimeSpan.Zero, TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromSeconds(-1), Timeout.InfiniteTimeSpan));
    private static readonly Gen<long> Number = Gen.OneOf(Gen.Long, Gen.OneOf(0L, -1L, 1L, long.MinValue, long.MaxValue));

    private static readonly Gen<string> ConnectionString = Gen.OneOf(
        Nasty.Text, Gen.Select(Gen.OneOf("Data Source", "Host", "Port", "Mode", "Cache", "Pooling", "Database"), Nasty.Text, (key, value) => $"{key}={value}"));

    public override string Name => "options";

    public override int Share => 48;

    public override Task RunAsync(long cases, CancellationToken ct)
    {
        Gen.Select(Gen.Select(Time, Time, Time, Number, Number), ConnectionString, Nasty.Text).Sample(
            (values, connectionString, schema) =>
            {
                var (interval, lease, delay, attempts, size) = values;
                Check(() => new ServiceCollection().AddEventStore(store => store.UseSqlite("Data Source=fuzz.db").Configure(options =>
                    (options.PollingInterval, options.LeaseDuration, options.RetryDelay, options.MaxRetryAttempts, options.MaxEventSize, options.Schema)
                        = (interval, lease, delay, unchecked((int)attempts), size, schema))));
                Check(() => new ServiceCollection().AddEventStore(store => store.UsePostgreSql(connectionString)));
                Check(() => new ServiceCollection().AddEventStore(store => store.UseSqlite(connectionString)));
            },
            iter: cases);
        return Task.CompletedTask;
    }

    private static void Check(Action register)
    {
        try
        {
            register();
        }
        catch (ArgumentException exception)
        {
            Demand(exception.Message.Length > 0, "a refusal without a reason");
        }
    }
}
