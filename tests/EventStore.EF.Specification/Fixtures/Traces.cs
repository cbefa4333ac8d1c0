using System.Collections.Concurrent;
using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>
/// Listens to the store's spans as OpenTelemetry does, but only to those of one test, because other tests of the process append too: the
/// spans below the test's own or linked to them, and those of the subscriptions that it names.
/// </summary>
public sealed class Traces : IDisposable
{
    private readonly ActivitySource _own = new($"specification-{Guid.NewGuid():N}");
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _known = [];
    private readonly ConcurrentQueue<Activity> _started = [];
    private readonly string[] _subscriptions;
    private readonly ActivityListener _listener;

    /// <summary>Begins to listen.</summary>
    /// <param name="subscriptions">Subscriptions whose spans are collected even if nothing links them to the test.</param>
    public Traces(params string[] subscriptions)
    {
        _subscriptions = subscriptions;
        _listener = new()
        {
            ShouldListenTo = source => source == _own || source.Name == EventStoreTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options)
                => options.Source == _own || IsMine(options.Parent.TraceId, options.Links, options.Tags)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStarted = Collect,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The store's spans of this test, in the order in which they began.</summary>
    public IReadOnlyList<Activity> All => [.. _started];

    /// <summary>Those that append.</summary>
    public IReadOnlyList<Activity> Appends => Of("append");

    /// <summary>Those that handle.</summary>
    public IReadOnlyList<Activity> Handlings => Of("process");

    /// <summary>Those whose names begin with an operation.</summary>
    public IReadOnlyList<Activity> Of(string operation)
        => [.. _started.Where(span => span.OperationName.Split(' ')[0] == operation)];

    /// <summary>Begins a span of the test's own; what it does until the span ends belongs to it.</summary>
    public Activity Start(string name) => _own.StartActivity(name) ?? throw new InvalidOperationException("Nobody listens.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _own.Dispose();
    }

    private void Collect(Activity activity)
    {
        if (activity.Source == _own)
        {
            _known[activity.TraceId] = true;
        }
        else if (IsMine(activity.TraceId, activity.Links, activity.TagObjects))
        {
            _known[activity.TraceId] = true;
            _started.Enqueue(activity);
        }
    }

    private bool IsMine(ActivityTraceId trace, IEnumerable<ActivityLink>? links, IEnumerable<KeyValuePair<string, object?>>? tags)
        => _known.ContainsKey(trace)
            || links?.Any(link => _known.ContainsKey(link.Context.TraceId)) == true
            || tags?.Any(tag => tag is { Key: "messaging.consumer.group.name", Value: string name } && _subscriptions.Contains(name)) == true;
}
