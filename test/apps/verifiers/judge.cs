// Says what the rules of docs/verify/iis.cs say of each token. Lines of the input: issuer, audience, now, the key set, and
// then each token in base64, with a plus before it when its signature is right: Mono has no ECDSA of its own.
using System;
using System.Text;

internal static class Judge
{
    private static void Main()
    {
        string issuer = Console.ReadLine(), audience = Console.ReadLine();
        var now = long.Parse(Console.ReadLine());
        var jwks = Encoding.UTF8.GetBytes(Console.ReadLine());
        for (var line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            var said = "-";
            try
            {
                var token = Encoding.UTF8.GetString(Convert.FromBase64String(line.Substring(1)));
                if (SallyportAssertion.FindKey(jwks, SallyportAssertion.KeyName(token)) != null
                    && line[0] == '+'
                    && SallyportAssertion.Signature(token).Length == 64
                    && SallyportAssertion.SignedBytes(token).Length == token.Length - 87)
                    said = Convert.ToBase64String(Encoding.UTF8.GetBytes(
                        (string)SallyportAssertion.Claims(token, issuer, audience, now)["name"]));
            }
            catch (Exception) { }
            Console.WriteLine(said);
        }
    }
}
