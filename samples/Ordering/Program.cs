using EventStore.EF;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Ordering;

try
{
    // The settings are next to the program, so they apply whichever folder it is started in.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseStaticWebAssets().ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 16 * 1024);
    builder.Services.AddProblemDetails();
    builder.Services.AddShop(builder.Configuration["postgres"], builder.Configuration["sqlite"]);
    if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
    {
        builder.Services.AddOpenTelemetry().UseOtlpExporter()
            .WithMetrics(metrics => metrics.AddMeter(EventStoreTelemetry.MeterName, "Npgsql"))
            .WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", EventStoreTelemetry.ActivitySourceName, "Npgsql"));
    }


    await using var app = builder.Build();
    app.UseExceptionHandler();
    app.UseStatusCodePages();
    app.UseFileServer();
    app.MapOrders();
    app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
        $"The shop is open at {string.Join(", ", app.Urls)}. Stop it at any time and start it again: nothing is lost."));
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is EventStoreException or IOException or ArgumentException)
{
    // The database is unreachable, the port is taken or the connection string is malformed: the message is enough.
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
