using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>
/// A subscriber run by the host. Says <c>ready</c>, <c>handling</c> and <c>handled</c> with each event's stream and number, and <c>stopped</c>.
/// Where it is fatal, number 13 ends the process at once. Orders: <c>hold</c> has the next event wait, after it said that it is handling it, for <c>go</c>.
/// </summary>
internal static class HandlerProcess
{
    private static readonly SemaphoreSlim Held = new(0);
    private static volatile bool _isHolding;
    private static volatile bool _isFatal;

    public static async Task<int> RunAsync(string connection, string subscription, TimeSpan lease, bool isFatal = false)
    {
        _isFatal = isFatal;
        using var host = Stores.Host(connection, lease, store => store.AddSubscriber<SayingHandler>(subscription, options =>
        {
            options.CheckpointEvery = 1;
            options.MaxAttempts = isFatal ? 2 : options.MaxAttempts;
        }));
        Orders.Take(order =>
        {
            if (order == "hold")
                _isHolding = true;
            else if (order == "go")
                Held.Release();

            Orders.Say($"done {order}");
            return Task.CompletedTask;
        });
        await host.StartAsync();
        Orders.Say("ready");
        await host.WaitForShutdownAsync();
        Orders.Say("stopped");
        return 0;
    }

    internal static async Task HandleAsync(Numbered @event, EventContext context, CancellationToken ct)
    {
        Orders.Say($"handling {context.StreamName} {@event.Number}");
        if (_isFatal && @event.Number == 13)
            Environment.FailFast("number 13");

        if (_isHolding)
        {
            _isHolding = false;
            await Held.WaitAsync(ct);
        }

        Orders.Say($"handled {context.StreamName} {@event.Number}");
    }
}

/// <summary>Says what it handles.</summary>
internal sealed class SayingHandler : ISubscriber<Numbered>
{
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => await HandlerProcess.HandleAsync(@event, context, cancellationToken);
}
