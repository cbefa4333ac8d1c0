using EventStore.EF.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Storage;

public class StatementTextTests
{
    [Fact]
    public async Task The_statements_are_those_of_the_file()
    {
        await using var services = new ServiceCollection()
            .AddEventStore(store => store.UsePostgreSql("Host=localhost"))
            .BuildServiceProvider();

        StatementTexts.AssertAreAsHeld(services.GetRequiredService<IStorage>().Statements);
    }
}
