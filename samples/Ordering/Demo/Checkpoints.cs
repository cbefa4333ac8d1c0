using EventStore.EF;
using Microsoft.EntityFrameworkCore;

namespace Ordering.Demo;

/// <summary>How far the subscriptions have come, whichever process runs them.</summary>
internal sealed class Checkpoints(IEventStore store, IDbContextFactory<EventStoreDbContext> contexts, TimeProvider clock)
{
    private static readonly string[] Names = ["order-emails", "order-list"];
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until both have finished every event that is in the store now.</summary>
    public async Task CaughtUpAsync(CancellationToken ct)
    {
        var last = await store.ReadAllAsync(new() { Direction = ReadDirection.Backward, MaxCount = 1 }, ct).FirstOrDefaultAsync(ct);
        using var timer = new PeriodicTimer(Interval, clock);
        while (last is not null && !await HavePassedAsync(last.Position, ct))
            await timer.WaitForNextTickAsync(ct);
    }

    private async Task<bool> HavePassedAsync(long position, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Subscriptions.CountAsync(row => Names.Contains(row.Name) && row.Position >= position, ct) == Names.Length;
    }
}
