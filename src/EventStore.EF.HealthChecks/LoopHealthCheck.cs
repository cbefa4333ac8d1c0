using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF.HealthChecks;

/// <summary>Whether the store's loops in this process turn.</summary>
internal sealed class LoopHealthCheck(IEventStoreOperations operations, LoopHealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var loops = operations.GetLoops();
        var data = loops.ToDictionary(loop => loop.Name, object (LoopReport loop) => Describe(loop), StringComparer.Ordinal);
        string[] wrong = [.. loops.Where(IsWrong).Select(loop => $"The loop '{loop.Name}' {Describe(loop)}.")];
        return Task.FromResult(wrong.Length == 0
            ? HealthCheckResult.Healthy(loops.Count == 0 ? "No loop runs yet." : "All loops turn.", data)
            : new(context.Registration.FailureStatus, string.Join(' ', wrong), data: data));
    }

    private bool IsWrong(LoopReport loop) => loop.State is LoopState.Failed || loop.Overdue > options.StuckAfter;

    private static string Describe(LoopReport loop) => loop.State switch
    {
        LoopState.Failed => $"has ended by an exception: {loop.Error}",
        LoopState.Ended => "has ended as intended",
        LoopState.Working => Seconds("has been at one step for", loop.Duration),
        _ when loop.Overdue > TimeSpan.Zero => Seconds("should have gone on", loop.Overdue) + " ago",
        _ => Seconds("has been waiting for", loop.Duration),
    };

    private static string Seconds(string what, TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $"{what} {time.TotalSeconds:0.#} seconds");
}
