using System.Globalization;

namespace EventStore.EF.Faults;

internal sealed class ServerClockBack : PostgreSqlFault
{
    /// <summary>Two leases, a process that starts, and a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override string Name => "server-clock-back";

    public override string Description => "To the server's clock all leases run for another hour, as after it was set back; then a process with subscriptions is killed.";

    public override bool IsAlone => true;

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var victim = Any(random, laboratory.Subscribers.Where(subscriber => subscriber.IsDelivering).DefaultIfEmpty(laboratory.Subscribers[0]));

        // Killed first, so that no renewal mends what is done to its rows.
        victim.Pause();
        await laboratory.Server.ExecuteAsync("UPDATE eventstore.subscriptions SET lease_expires_at = lease_expires_at + interval '1 hour'", ct: ct).ConfigureAwait(false);
        victim.Kill();
        var started = TimeProvider.System.GetTimestamp();
        while (await IsAnyAheadAsync(laboratory, ct).ConfigureAwait(false))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                await laboratory.Log.WriteAsync(new Misbehaved(
                    HistoryLog.Now, victim.Settings.Name, $"is gone, and nobody has taken its subscriptions over within {Patience.TotalSeconds} s after the clock was set back")).ConfigureAwait(false);
                break;
            }

            await LastAsync(TimeSpan.FromMilliseconds(100), ct).ConfigureAwait(false);
        }

        return $"{victim.Settings.Name} is gone, and replaced after {TimeProvider.System.GetElapsedTime(started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
    }

    private static async Task<bool> IsAnyAheadAsync(PostgreSqlLaboratory laboratory, CancellationToken ct)
        => (bool)(await laboratory.Server.ExecuteAsync(
            "SELECT EXISTS (SELECT FROM eventstore.subscriptions WHERE lease_expires_at > clock_timestamp() + interval '30 minutes')", ct: ct).ConfigureAwait(false))!;
}
