using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>The start of a host tells when its classes don't have the subscriptions that they had before.</summary>
public abstract class ShapeCheckSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private const string Handler = "EventStore.EF.Specification.NumberedHandler";

    [Fact]
    public async Task A_class_that_reads_another_stream_than_before_is_told_of()
    {
        await AppendAsync("order-1", 3);
        await LeaveBehindAsync(Name, "order-1", 3);
        var warning = Assert.Single(Warnings(await StartAsync((Name, null))));
        Assert.Contains("'orders' to all events is new", warning, StringComparison.Ordinal);
        Assert.Contains("to stream 'order-1', which is at 3", warning, StringComparison.Ordinal);
        Assert.Contains("DeleteAsync(\"orders\", stream: \"order-1\")", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("order-1", ", stream: \"order-1\"")]
    public async Task A_class_that_has_another_name_than_before_is_told_of(string? stream, string argument)
    {
        await AppendAsync("order-1", 3);
        await LeaveBehindAsync("former", stream, 3);
        var host = await StartAsync((Name, stream));
        var warning = Assert.Single(Warnings(host));
        Assert.Contains($"'former' was run by the same class, {Handler}; it is at", warning, StringComparison.Ordinal);
        Assert.Contains($"RenameAsync(\"former\", \"orders\"{argument})", warning, StringComparison.Ordinal);
        Assert.Contains($"DeleteAsync(\"former\"{argument})", warning, StringComparison.Ordinal);

        // The remedy, and the next start has nothing to say.
        await EndAsync(host);
        StreamName? of = stream is null ? default(StreamName?) : new StreamName(stream);
        await Events.Subscriptions.DeleteAsync(Name, of, Ct);
        await Events.Subscriptions.RenameAsync("former", Name, of, Ct);
        Assert.Empty(Warnings(await StartAsync((Name, stream))));
        Assert.Equal(1, await Database.ScalarAsync<int>("SELECT count(*) FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_class_that_a_host_registers_under_several_names_is_no_alarm()
    {
        await EndAsync(await StartAsync((Name, null)));
        Assert.Empty(Warnings(await StartAsync((Name, null), ("others", null), ("first-order", "order-1"))));
    }

    [Fact]
    public async Task What_another_process_runs_is_no_alarm()
    {
        await StartAsync(("former", null));
        await UntilAsync(async () => await Database.ScalarAsync<int>("SELECT count(owner) FROM {subscriptions}") == 1);
        Assert.Empty(Warnings(await StartAsync((Name, null))));
    }

    [Fact]
    public async Task What_is_not_new_or_was_another_class_s_is_no_alarm()
    {
        await EndAsync(await StartAsync((Name, null), ("former", null)));
        Assert.Empty(Warnings(await StartAsync((Name, null))));

        await using (await Events.SubscribeAsync("audit", null, Ct))
        {
        }

        var process = Process(builder =>
        {
            builder.Services.AddSingleton(new Recorder());
            builder.AddSubscriber<EveryHandler>("newcomer");
        });
        await process.Host.StartAsync(Ct);
        Assert.Empty(Warnings(process));
    }

    /// <summary>As a former build of the application has left it: it has handled so many events, and no process runs it.</summary>
    private async Task LeaveBehindAsync(SubscriptionName name, string? stream, int count)
    {
        var recorder = new Recorder();
        var host = await StartAsync(recorder, (name, stream));
        await recorder.WaitForAsync(count, Ct);
        await EndAsync(host);
        Assert.Equal(Handler, await Database.ScalarAsync<string>("SELECT handler FROM {subscriptions}"));
    }

    private Task<TestStore> StartAsync(params (SubscriptionName Name, string? Stream)[] subscriptions)
        => StartAsync(new Recorder(), subscriptions);

    private async Task<TestStore> StartAsync(Recorder recorder, params (SubscriptionName Name, string? Stream)[] subscriptions)
    {
        var process = Process(builder =>
        {
            builder.Services.AddSingleton(recorder);
            foreach (var (name, stream) in subscriptions)
                builder.AddSubscriber<NumberedHandler>(name, options => options.Stream = stream is null ? default(StreamName?) : new StreamName(stream));
        });
        await process.Host.StartAsync(Ct);
        return process;
    }

    private static string[] Warnings(TestStore process)
        => [.. process.Log.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Message)];
}
