using EventStore.EF.Generators.Parsing;

namespace EventStore.EF.Generators.Tests.Names;

public sealed class KebabCaseTests
{
    [Theory]
    [InlineData("OrderPlaced", "order-placed")]
    [InlineData("Order", "order")]
    [InlineData("HTTPRequestSent", "http-request-sent")]
    [InlineData("RequestSentByHTTP", "request-sent-by-http")]
    [InlineData("OrderV2Placed", "order-v2-placed")]
    [InlineData("OrderPlacedV2", "order-placed-v2")]
    [InlineData("Order2Placed", "order2-placed")]
    [InlineData("Sha256Computed", "sha256-computed")]
    [InlineData("SHA256Computed", "sha256-computed")]
    [InlineData("A", "a")]
    [InlineData("AB", "ab")]
    [InlineData("ABTestStarted", "ab-test-started")]
    [InlineData("APICall", "api-call")]
    [InlineData("orderPlaced", "order-placed")]
    [InlineData("order_placed", "order-placed")]
    [InlineData("Order_Placed", "order-placed")]
    [InlineData("_OrderPlaced_", "order-placed")]
    [InlineData("ÜberweisungErhalten", "überweisung-erhalten")]
    [InlineData("X509CertificateIssued", "x509-certificate-issued")]
    public void A_type_without_a_name_is_stored_in_kebab_case(string type, string name) => Assert.Equal(name, EventNames.KebabCase(type));

    [Theory]
    [InlineData("order-placed")]
    [InlineData("Shop.Order_Placed:v2")]
    [InlineData("été")]
    public void Letters_digits_and_four_signs_are_allowed(string name) => Assert.Null(EventNames.Problem(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("order placed")]
    [InlineData("order/placed")]
    [InlineData("order\n")]
    public void Other_names_are_refused(string? name) => Assert.NotNull(EventNames.Problem(name));

    [Fact]
    public void A_name_has_at_most_200_characters()
    {
        Assert.Null(EventNames.Problem(new('a', 200)));
        Assert.NotNull(EventNames.Problem(new('a', 201)));
    }

    [Theory]
    [InlineData("Name")]
    [InlineData("URLValue")]
    [InlineData("URL")]
    [InlineData("A")]
    [InlineData("AB")]
    [InlineData("ABc")]
    [InlineData("Ab")]
    [InlineData("lower")]
    [InlineData("_Name")]
    [InlineData("ÄÖü")]
    [InlineData("X1Y")]
    [InlineData("I")]
    [InlineData("IPhone")]
    public void Member_names_are_those_of_the_naming_policy(string name)
        => Assert.Equal(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name), CamelCase.Of(name));
}
