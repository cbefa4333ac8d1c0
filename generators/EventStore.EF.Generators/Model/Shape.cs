namespace EventStore.EF.Generators.Model;

/// <summary>An event, or a type that events contain, for which metadata is generated.</summary>
internal abstract record Shape(TypeName Type);

/// <summary>A shape with its own generated class.</summary>
internal abstract record ClassShape(TypeName Type) : Shape(Type)
{
    /// <summary>Whether a straight-line reader is generated, which requires that everything the type contains has one.</summary>
    public bool HasReader { get; init; }

    /// <summary>Whether its values are never read, because only computed members have them.</summary>
    public bool IsOnlyWritten { get; init; }
}

/// <summary>A type with a converter: an enum, a <c>Nullable&lt;T&gt;</c>, or one marked <c>[JsonConverter]</c>.</summary>
/// <param name="Type">The type.</param>
/// <param name="Converter">An expression for the converter; <c>options</c> is in scope.</param>
internal sealed record ConverterShape(TypeName Type, string Converter) : Shape(Type)
{
    /// <summary>Whether the converter is code of the user, which may write anything.</summary>
    public bool IsOfUser { get; init; }
}

/// <summary>An array, list, set or dictionary.</summary>
/// <param name="Type">The type.</param>
/// <param name="Kind">The way it is created, read and written.</param>
/// <param name="Element">The element, or a dictionary's value.</param>
/// <param name="Key">A dictionary's key.</param>
internal sealed record CollectionShape(TypeName Type, CollectionKind Kind, ValueModel Element, ValueModel? Key) : ClassShape(Type);

/// <summary>A class, record, struct or interface with members.</summary>
/// <param name="Type">The type.</param>
/// <param name="IsValueType">Whether it is a struct.</param>
/// <param name="IsPolymorphic">Whether its values may have derived types, which the runtime finds in its attributes.</param>
/// <param name="Constructor">The way it is created.</param>
/// <param name="Members">Its members in JSON order.</param>
/// <param name="Accessors">The accessors that the members and the constructor need.</param>
/// <param name="Handling">Its handling attributes.</param>
internal sealed record ObjectShape(
    TypeName Type,
    bool IsValueType,
    bool IsPolymorphic,
    ConstructorModel Constructor,
    EquatableArray<MemberModel> Members,
    EquatableArray<AccessorModel> Accessors,
    Handling Handling) : ClassShape(Type)
{
    /// <summary>The members that JSON can set, through the constructor or afterwards.</summary>
    public IEnumerable<MemberModel> ReadMembers => Members.Where(member => member.Set.Kind != AccessKind.None || IsBound(member));

    /// <summary>Whether a parameter of the constructor sets the member.</summary>
    public bool IsBound(MemberModel member) => Constructor.Parameters.Any(parameter => parameter.JsonName == member.JsonName);

    /// <summary>Whether a straight-line writer can write the same as System.Text.Json. If not, the type is written by metadata.</summary>
    public bool HasWriter => !IsPolymorphic
        && Handling.Numbers is null
        && Members.All(member => member.IsStraight && member.Handling.Numbers is null && !member.IsExtensionData);
}

/// <summary>The name of a shape without its members, so that the context isn't written again when a member changes.</summary>
internal sealed record NamedShape(TypeName Type) : Shape(Type);
