//! The addresses a Gmail account may send from besides its own (`settings.sendAs.list`).

use draftwell_core::{account::Alias, mailbox::ReadResult};
use serde::Deserialize;

use super::{Gmail, answer::Call, read::read_error};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    send_as: Vec<SendAs>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendAs {
    send_as_email: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    is_primary: bool,
    #[serde(default)]
    verification_status: String,
}

impl Gmail {
    /// The aliases Gmail has verified; another one it would replace by the account's own address.
    ///
    /// # Errors
    /// As when the mailbox is read, whose scope this needs.
    pub async fn aliases(&self) -> ReadResult<Vec<Alias>> {
        let url = (self.address(&[], &["settings", "sendAs"])).map_err(read_error)?;
        let list: List = self.get(Call::Read, &url).await.map_err(read_error)?;
        let verified = list
            .send_as
            .into_iter()
            .filter(|one| !one.is_primary && one.verification_status == "accepted");
        Ok(verified
            .map(|one| Alias {
                address: one.send_as_email,
                name: one.display_name,
            })
            .collect())
    }
}
